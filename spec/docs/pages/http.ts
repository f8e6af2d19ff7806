export declare const open: number
export declare const id: number
export declare const host: string
export declare const since: string
export declare class SeatTaken extends Error {}
