/** A part of a path. */
export type PathPart = string | number

class Branch<V> {
  readonly next = new Map<PathPart, Branch<V>>()
  value: V | undefined
}

/**
 * Values by paths, of which those that were not asked for longest are forgotten, as `RecentMap` does. A path is followed part by
 * part: nothing is written, joined or hashed to find what is at its end.
 */
export class RecentPaths<V> {
  readonly #half: number
  #recent = new Branch<V>()
  #older = new Branch<V>()
  #size = 0

  /** @param most how many values are kept at most; half as many, those asked for last, are kept for certain. */
  constructor(most: number) {
    this.#half = Math.floor(most / 2)
  }

  get(path: readonly PathPart[]): V | undefined {
    const found = endOf(this.#recent, path)
    if (found !== undefined) return found
    const older = endOf(this.#older, path)
    if (older !== undefined) this.set(path, older)
    return older
  }

  set(path: readonly PathPart[], value: V): void {
    let branch = this.#recent
    for (const part of path) {
      const next = branch.next.get(part) ?? new Branch<V>()
      branch.next.set(part, next)
      branch = next
    }
    if (branch.value === undefined) this.#size++
    branch.value = value
    if (this.#size < this.#half) return
    this.#older = this.#recent
    this.#recent = new Branch()
    this.#size = 0
  }
}

function endOf<V>(root: Branch<V>, path: readonly PathPart[]): V | undefined {
  let branch: Branch<V> | undefined = root
  for (let index = 0; branch && index < path.length; index++) branch = branch.next.get(path[index]!)
  return branch?.value
}
