export declare const open: number
export declare const id: number
