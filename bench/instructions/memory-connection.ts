import { Duplex } from 'node:stream'

/** A connection without a socket: requests arrive from memory, and what is answered is kept until it is taken. */
export class MemoryConnection extends Duplex {
  readonly remoteAddress = '127.0.0.1'
  #written: Buffer[] = []

  receive(bytes: Buffer): void {
    this.#written = []
    this.push(bytes)
  }

  /** What was answered to the last request, head and body. */
  taken(): Buffer {
    return Buffer.concat(this.#written)
  }

  // Requests are pushed when they are made, not when somebody wants them.
  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#written.push(chunk)
    done()
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of chunks) this.#written.push(chunk)
    done()
  }
}
