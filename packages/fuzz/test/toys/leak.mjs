const kept = [];

export const target = {
  maxBytes: 16,
  seeds: [new Uint8Array(4)],
  run(input) {
    kept.push([...input]);
  },
};
