/** The text of src/pixel-kernels-wasm.ts. */
export function compileKernels(): Promise<string>;
