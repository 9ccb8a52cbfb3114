// Circles among the files of one graph, and among its rooms: for every folder the graph of its direct children, files and
// folders alike, where each import below one child of something below another is an arrow between the two.

/**
 * Every circle of a graph of files below the folder `home`, as a sentence. A circle of files inside one folder is told as
 * such; what remains between folders is told as a circle of rooms, with an import for each arrow.
 */
export function circlesOf(graph, home) {
  const byFile = circles(graph).map((circle) => `circle of files: ${chain(circle)}`);
  const byRoom = foldersOf(graph, home).flatMap((folder) => {
    const rooms = roomsIn(graph, folder);
    return circles(rooms.graph)
      .filter((circle) => !circle.every((room) => graph.has(`${folder}/${room}`))) // those are circles of files
      .map((circle) => `circle in ${folder}: ${chain(circle)}${arrows(circle, rooms.imports)}`);
  });
  return [...byFile, ...byRoom];
}

/** One shortest circle, as a list of nodes, of every group of nodes that reach each other. */
export function circles(graph) {
  return groups(graph).map((group) => shortest(graph, new Set(group)));
}

/** The folders from `home` downwards that have files of the graph below them. */
function foldersOf(graph, home) {
  const folders = new Set();
  for (const file of graph.keys())
    for (let at = file.lastIndexOf("/"); at >= home.length; at = file.lastIndexOf("/", at - 1))
      folders.add(file.slice(0, at));
  return [...folders].sort();
}

/** The graph of a folder's direct children, and one import for each of its arrows. */
function roomsIn(graph, folder) {
  const rooms = new Map();
  const imports = new Map();
  const roomOf = (file) => (file.startsWith(`${folder}/`) ? file.slice(folder.length + 1).split("/")[0] : undefined);
  for (const [file, targets] of graph) {
    const from = roomOf(file);
    if (from === undefined) continue;
    if (!rooms.has(from)) rooms.set(from, new Set());
    for (const target of targets) {
      const to = roomOf(target);
      if (to === undefined || to === from) continue;
      rooms.get(from).add(to);
      imports.set(`${from} ${to}`, `${file.slice(folder.length + 1)} uses ${target.slice(folder.length + 1)}`);
    }
  }
  return { graph: rooms, imports };
}

function chain(circle) {
  return [...circle, circle[0]].join(" -> ");
}

function arrows(circle, imports) {
  const pairs = circle.map((from, index) => `${from} ${circle[(index + 1) % circle.length]}`);
  return pairs.map((pair) => `\n    ${imports.get(pair)}`).join("");
}

/** Groups of two or more nodes that reach each other: strongly connected components, by Tarjan's algorithm. */
function groups(graph) {
  const order = new Map();
  const lowest = new Map();
  const stack = [];
  const found = [];
  const visit = (node) => {
    order.set(node, order.size);
    lowest.set(node, order.get(node));
    stack.push(node);
    for (const next of graph.get(node)) {
      if (!graph.has(next)) continue;
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node), lowest.get(next)));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) found.push(group);
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}

/** The shortest way from the first node of a group back to itself, by breadth-first search. */
function shortest(graph, group) {
  const [start] = group;
  const from = new Map();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.get(node)) {
      if (next === start) return wayTo(node, from);
      if (!group.has(next) || from.has(next)) continue;
      from.set(next, node);
      queue.push(next);
    }
  }
  throw new Error("a group without a circle");
}

function wayTo(node, from) {
  const way = [];
  for (let at = node; at !== undefined; at = from.get(at)) way.unshift(at);
  return way;
}
