import type { IncomingMessage } from 'node:http'

export declare const user: { passwordHash: string }
export declare const password: string
export declare const request: IncomingMessage
export declare function importCities(): Promise<void>
