/** What a `traceparent` header says: which trace a request belongs to, and which part of it has sent it. */
export interface TraceParent {
  /** 32 hexadecimal digits in lower case. */
  readonly traceId: string
  /** 16 of them. */
  readonly parentId: string
  /** Whether the sender may have recorded its part. */
  readonly sampled: boolean
}

const form = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/

/**
 * Reads a `traceparent` (W3C Trace Context, section 3.2.2); undefined where it is malformed. Of versions that are not known yet, what
 * is known of the first is read.
 */
export function parseTraceparent(header: string | undefined): TraceParent | undefined {
  // No version that is known has more than 55 characters; others are not read without end either.
  if (header === undefined || header.length > 512) return undefined
  const [, version, traceId = '', parentId = '', flags = '', rest] = form.exec(header) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}
