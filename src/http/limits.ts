/** The sizes above which a request is refused. */
export interface RequestLimits {
  /** The bytes of a body, also after it was decompressed. */
  readonly body: number
  /** How deep the objects and arrays of a body may stand in each other. */
  readonly depth: number
  /** The characters of the request target: path and query together. */
  readonly target: number
}

/** 100 KB, 32 levels, 8 KB. */
export const defaultLimits: RequestLimits = Object.freeze({ body: 102_400, depth: 32, target: 8192 })
