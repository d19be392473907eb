export type Service = any;
