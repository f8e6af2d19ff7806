/** A statement that is committed with others: what came of it is told once that is done. */
export class GroupMember {
  readonly #send: () => () => void
  readonly #reject: (error: unknown) => void
  #tell: (() => void) | undefined
  #failed = false
  #error: unknown

  /** @param send sends the statement, and gives what tells its caller what came of it. */
  constructor(send: () => () => void, reject: (error: unknown) => void) {
    this.#send = send
    this.#reject = reject
  }

  /** Whether it has written nothing. */
  get failed(): boolean {
    return this.#failed
  }

  /** Sends it, and remembers what came of it. */
  send(): void {
    this.#failed = false
    try {
      this.#tell = this.#send()
    } catch (error) {
      this.fail(error)
    }
  }

  /** Remembers why it has written nothing. */
  fail(error: unknown): void {
    this.#failed = true
    this.#error = error
  }

  /** Tells its caller what came of it. */
  settle(): void {
    if (this.#failed) this.#reject(this.#error)
    else this.#tell?.()
  }
}
