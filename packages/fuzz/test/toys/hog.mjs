export const target = {
  maxBytes: 16,
  seeds: [new Uint8Array(4)],
  run(input) {
    const all = [];
    while (input[0] === 7) all.push(new Array(1000).fill(all.length));
  },
};
