/** How a network wants its pixels: `(value - mean) / scale`, per channel in the order R, G, B. */
export interface ChannelScale {
  readonly mean: readonly [number, number, number];
  readonly scale: readonly [number, number, number];
}
