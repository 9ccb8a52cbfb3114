export const target = {
  maxBytes: 16,
  seeds: [new Uint8Array(4)],
  run(input) {
    for (let n = 0; input.length > 2 && input[0] === 0xff; n++) if (n < 0) break;
  },
};
