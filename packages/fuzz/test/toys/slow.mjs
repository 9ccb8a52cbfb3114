export const target = {
  maxBytes: 16,
  seeds: [new Uint8Array(4)],
  run(input) {
    if (input[0] === 3) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
  },
};
