/** How many failures one after another open a circuit. */
const threshold = 3

export interface CircuitOptions {
  /** Asks once whether what is behind the circuit answers. */
  readonly probe: () => Promise<void>
  /** Milliseconds between two probes. */
  readonly interval: number
  /** Hears when the circuit opens and closes. */
  readonly changed: (open: boolean) => void
}

/**
 * Keeps callers away from what does not answer: after some failures in a row it is open, and until a probe succeeds
 * nobody waits.
 */
export class Circuit {
  readonly #options: CircuitOptions
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  #ended = false

  constructor(options: CircuitOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#timer !== undefined
  }

  succeeded(): void {
    this.#failures = 0
  }

  failed(): void {
    this.#failures += 1
    if (this.#failures < threshold || this.isOpen || this.#ended) return
    this.#schedule()
    this.#options.changed(true)
  }

  /** Sends no more probes. */
  end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#probe(), this.#options.interval).unref()
  }

  async #probe(): Promise<void> {
    try {
      await this.#options.probe()
    } catch {
      if (!this.#ended) this.#schedule()
      return
    }
    if (this.#ended) return
    this.#timer = undefined
    this.#failures = 0
    this.#options.changed(false)
  }
}
