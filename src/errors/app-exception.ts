/** One part of a request that was refused, and why. Exactly one of `pointer`, `parameter` and `header` says where. */
export interface FieldError {
  /** A JSON pointer into the body, as a URI fragment (RFC 6901 section 6), e.g. `#/title`. */
  readonly pointer?: string
  /** The name of a query or path parameter. */
  readonly parameter?: string
  /** The name of a request header. */
  readonly header?: string
  readonly code: string
  readonly message: string
  /** The bounds that were broken, never the value that was sent. */
  readonly params?: Readonly<Record<string, unknown>>
}

/** What callers over HTTP are told in place of the message and the details, which the program still has. */
export interface Told {
  /** The message, unless told. */
  readonly message?: string
  /** None, unless told. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** What an exception tells besides its message. */
export interface AppExceptionOptions {
  /** A stable code for programs; each class has a default. */
  readonly errorCode?: string
  /** What was refused, part by part. */
  readonly errors?: readonly FieldError[]
  /** More facts a caller may be told. Must not hold secrets: it reaches the client. */
  readonly details?: Readonly<Record<string, unknown>>
  /**
   * Where the message or the details name rows that callers may not see: what they are told instead. Of an exception of 500
   * and above they are told nothing but its code without this.
   */
  readonly told?: Told
  /**
   * The properties that the message, or one of an error, mentions as they are declared: callers read the first mention of
   * each as they know it, where the application spells names in another way.
   */
  readonly names?: readonly string[]
  /** Headers of the answer it becomes, e.g. `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/**
 * An error the application means its callers to see: the message reaches the client, but of 500 and above only where `told`
 * says so. Anything else that is thrown becomes a 500 that says nothing.
 */
export class AppException extends Error {
  static readonly statusCode: number = 500
  static readonly errorCode: string = 'INTERNAL_ERROR'

  readonly errorCode: string
  readonly statusCode: number
  readonly errors: readonly FieldError[]
  readonly details: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
  readonly told?: Told
  readonly names?: readonly string[]

  constructor(message: string, options: AppExceptionOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = new.target.name
    this.errorCode = options.errorCode ?? new.target.errorCode
    this.statusCode = new.target.statusCode
    this.errors = options.errors ?? []
    this.details = options.details ?? {}
    this.headers = options.headers ?? {}
    if (options.told) this.told = options.told
    if (options.names) this.names = options.names
  }
}
