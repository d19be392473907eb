/**
 * How closely photos are looked at: `quick` takes less time, `steady` sees more and aligns better,
 * `thorough` also asks a second network for the landmarks of the faces found.
 */
export type Effort = 'quick' | 'steady' | 'thorough';
