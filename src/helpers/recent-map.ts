/**
 * Values by keys, of which those that were not asked for longest are forgotten. It is two maps, so that what is asked for
 * again and again is found without a write.
 */
export class RecentMap<V> {
  readonly #half: number
  #recent = new Map<string, V>()
  #older = new Map<string, V>()

  /** @param most how many values are kept at most; half as many, those asked for last, are kept for certain. */
  constructor(most: number) {
    this.#half = Math.floor(most / 2)
  }

  get size(): number {
    return this.#recent.size + this.#older.size
  }

  get(key: string): V | undefined {
    const found = this.#recent.get(key)
    if (found !== undefined) return found
    const older = this.#older.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: string, value: V): void {
    this.#older.delete(key)
    this.#recent.set(key, value)
    if (this.#recent.size < this.#half) return
    this.#older = this.#recent
    this.#recent = new Map()
  }

  delete(key: string): void {
    this.#recent.delete(key)
    this.#older.delete(key)
  }
}
