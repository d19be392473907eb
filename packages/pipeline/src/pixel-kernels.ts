import { PIXEL_KERNELS } from './pixel-kernels-wasm.js';

/** The functions of assembly/pixel-kernels.ts, which says what they do. Pointers are in bytes. */
export interface PixelKernels {
  narrowRow(
    row: number,
    offsets: number,
    weights: number,
    taps: number,
    width: number,
    out: number,
  ): void;
  addRows(
    sums: number,
    first: number,
    firstWeight: number,
    second: number,
    secondWeight: number,
    width: number,
  ): void;
  writePlanes(
    sums: number,
    width: number,
    scale: number,
    shift: number,
    out: number,
    plane: number,
  ): void;
  splitPlanes(
    pixels: number,
    count: number,
    scale: number,
    shift: number,
    red: number,
    green: number,
    blue: number,
  ): void;
  warp(
    pixels: number,
    width: number,
    height: number,
    xu: number,
    xv: number,
    x: number,
    yu: number,
    yv: number,
    y: number,
    samples: number,
    size: number,
    out: number,
  ): void;
}

/** Of Node's types, only those for newer versions know it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

const { exports } = new WebAssembly.Instance(
  new WebAssembly.Module(Buffer.from(PIXEL_KERNELS, 'base64')),
);

/** Compiled once for each thread. */
export const kernels = exports as unknown as PixelKernels;

const memory = exports.memory as { readonly buffer: ArrayBuffer; grow(pages: number): number };

/** WebAssembly's unit of memory. */
const PAGE = 65_536;

/**
 * Makes room for parts of so many bytes in the kernels' memory: where each begins in the buffer. What
 * was there before is lost, so a part is good until the next call; nothing may be awaited meanwhile.
 */
export function scratch(...lengths: readonly number[]): { buffer: ArrayBuffer; at: number[] } {
  let end = 0;
  const at = lengths.map((length) => {
    const begin = end;
    // Whole vectors, and room for the byte that is read behind a last pixel.
    end += (Math.floor(length / 16) + 1) * 16;
    return begin;
  });
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return { buffer: memory.buffer, at };
}
