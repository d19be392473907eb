export const classifyProbe: any = undefined;
export const compareProbe: any = undefined;
export const identifyProbe: any = undefined;
export const searchProbe: any = undefined;
export const detectFaces: any = undefined;
export const verifyProbes: any = undefined;
