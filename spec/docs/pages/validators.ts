import type { WriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'

export declare const file: unknown
export declare const request: IncomingMessage
export declare const store: WriteStream
