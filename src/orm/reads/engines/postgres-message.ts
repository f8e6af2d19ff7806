/** The socket beneath a connection. */
interface Socket {
  readonly writable: boolean
  write(bytes: Uint8Array): unknown
  cork?(): void
  uncork?(): void
}

/** A connection of the driver, which writes what it is told to its socket, part by part. */
export interface Telling {
  readonly stream: Socket
}

/** Up to how many bytes copying what is sent costs less than gathering it. */
const mostCopied = 8192

/** Parts of messages, where a connection would have written them. */
class Gathered {
  readonly writable = true
  parts: Uint8Array[] = []

  write(part: Uint8Array): true {
    this.parts.push(part)
    return true
  }

  take(): readonly Uint8Array[] {
    const { parts } = this
    this.parts = []
    return parts
  }
}

/** A connection of each class that writes to nobody. */
const drafts = new WeakMap<object, Telling & { readonly stream: Gathered }>()

/** Sends all that `tell` tells a connection by one write to its socket, where the driver makes one of each part. */
export function sendTogether<C extends Telling>(connection: C, tell: (draft: C) => void): void {
  const draft = draftOf(connection)
  tell(draft)
  const { stream } = connection
  if (stream.writable) write(stream, draft.stream.take())
}

function draftOf<C extends Telling>(connection: C): C & { readonly stream: Gathered } {
  const kind = Object.getPrototypeOf(connection) as object
  const known = drafts.get(kind) ?? (Object.create(kind, { stream: { value: new Gathered() } }) as Telling)
  drafts.set(kind, known as never)
  return known as C & { readonly stream: Gathered }
}

function write(stream: Socket, parts: readonly Uint8Array[]): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  if (length <= mostCopied) {
    stream.write(Buffer.concat(parts, length))
    return
  }
  stream.cork?.()
  for (const part of parts) stream.write(part)
  stream.uncork?.()
}
