import type { WriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'

export declare const file: unknown
export declare const request: IncomingMessage
export declare function cityNames(): Promise<readonly string[]>
export declare const store: WriteStream
