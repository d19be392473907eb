import type { RocPoint } from '@facedex/gallery';

/** The corners of a curve that goes up in steps: for each false rate the highest true rate. */
export function corners(curve: readonly RocPoint[]): RocPoint[] {
  return curve.filter((point, i) => curve[i + 1]?.far !== point.far);
}

/** Rows of a CSV file with all points of a curve. */
export function curveTable(
  curve: readonly RocPoint[],
  names: readonly [falseRate: string, trueRate: string],
): (string | number)[][] {
  return [['distance', ...names], ...curve.map(({ distance, far, tar }) => [distance, far, tar])];
}
