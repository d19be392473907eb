export const readProbe: any = undefined;
export const readPair: any = undefined;
