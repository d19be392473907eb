/** How closely photos are looked at: `quick` takes less time, `steady` sees more and aligns better. */
export type Effort = 'quick' | 'steady';
