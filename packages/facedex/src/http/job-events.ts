export const sendJobEvents: any = undefined;
