/**
 * Puts counters into compiled JavaScript: one for each function, branch and loop body. The counters are bytes of one map, so
 * the fuzzer sees what an input did without asking V8. No line moves, so stack traces stay right.
 */
import { type Node, parse } from "acorn";

/** The name of the function that instrumented modules call once; see `coverage-map.ts`. */
export const REGISTER = "__fuzzRegister";

const COUNTERS = "__fuzzCounters";
/** Longer strings are messages, not syntax. */
const LONGEST_WORD = 24;

/** A node of the syntax tree, whose children are found by looking at its fields. */
type Tree = Node & Readonly<Record<string, unknown>>;

/** The instrumented source of a module. */
export function instrument(source: string, name: string): string {
  const instrumenter = new Instrumenter();
  instrumenter.visit(parse(source, { ecmaVersion: "latest", sourceType: "module" }) as unknown as Tree);
  const { strings, numbers, count } = instrumenter;
  const words = JSON.stringify([...strings].filter((word) => word.length > 0 && word.length <= LONGEST_WORD));
  const register = `globalThis.${REGISTER}(${JSON.stringify(name)}, ${count}, ${words}, [${[...numbers].join()}])`;
  // "var" is hoisted: in a circle of modules, functions may run before this line.
  return `var ${COUNTERS} = ${register};${instrumenter.applyTo(source)}`;
}

class Instrumenter {
  count = 0;
  readonly strings = new Set<string>();
  readonly numbers = new Set<number>();
  /** `order` decides between insertions at one place: ends of inner nodes, ends of outer ones, starts of outer ones, of inner. */
  readonly #insertions: { readonly at: number; readonly text: string; readonly order: number }[] = [];

  visit(tree: Tree): void {
    this.#mark(tree);
    for (const child of childrenOf(tree)) this.visit(child);
  }

  applyTo(source: string): string {
    const sorted = this.#insertions.sort((a, b) => a.at - b.at || a.order - b.order);
    let result = "";
    let from = 0;
    for (const { at, text } of sorted) {
      result += source.slice(from, at) + text;
      from = at;
    }
    return result + source.slice(from);
  }

  #mark(tree: Tree): void {
    switch (tree.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression": {
        const body = tree.body as Tree;
        if (body.type === "BlockStatement") this.#insert(body.start + 1, this.#counter());
        else this.#countExpression(body);
        break;
      }
      case "IfStatement":
        // Before the consequent: of ends at one place, the later one comes first.
        if (tree.alternate) this.#countStatement(tree.alternate as Tree);
        else this.#insert(tree.end, ` else { ${this.#counter()} }`, true);
        this.#countStatement(tree.consequent as Tree);
        break;
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
        this.#countStatement(tree.body as Tree);
        break;
      case "SwitchCase": {
        const [first] = tree.consequent as readonly Tree[];
        if (first !== undefined) this.#insert(first.start, this.#counter());
        break;
      }
      case "ConditionalExpression":
        this.#countExpression(tree.consequent as Tree);
        this.#countExpression(tree.alternate as Tree);
        break;
      case "LogicalExpression":
        this.#countExpression(tree.right as Tree);
        break;
      case "CatchClause":
        this.#insert((tree.body as Tree).start + 1, this.#counter());
        break;
      case "Literal":
        if (typeof tree.value === "string") this.strings.add(tree.value);
        else if (typeof tree.value === "number" && tree.value > 0 && Number.isInteger(tree.value))
          this.numbers.add(tree.value);
        break;
    }
  }

  #countStatement(statement: Tree): void {
    if (statement.type === "BlockStatement") {
      this.#insert(statement.start + 1, this.#counter());
    } else {
      this.#insert(statement.start, `{ ${this.#counter()}`);
      this.#insert(statement.end, "}", true);
    }
  }

  #countExpression(expression: Tree): void {
    this.#insert(expression.start, `(${this.#counter().slice(0, -1)}, `);
    this.#insert(expression.end, ")", true);
  }

  #counter(): string {
    return `${COUNTERS}[${this.count++}]++;`;
  }

  #insert(at: number, text: string, isEnd = false): void {
    const number = this.#insertions.length + 1;
    this.#insertions.push({ at, text, order: isEnd ? -number : number });
  }
}

function childrenOf(tree: Tree): Tree[] {
  return Object.values(tree).flat().filter(isTree);
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
