// Code with a fault that nobody finds by chance: each step shows only after the one before it.
const encoder = new TextEncoder();

function maze(input) {
  if (input.length < 8) return;
  if (input[0] !== 0x4e) return;
  if (input[1] !== 0x36) return;
  if (input[2] !== 0x34) return;
  if (new TextDecoder().decode(input.subarray(3, 7)) !== "deep") return;
  throw new RangeError("the end of the maze");
}

export const target = { maxBytes: 64, seeds: [encoder.encode("a start")], run: maze };
