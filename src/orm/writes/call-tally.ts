import type { RowData } from '../../model/matches.js'

/** What a call of a verb has done so far, for its receipt. */
export class CallTally {
  /** How many rows of each entity came along. */
  readonly along: Record<string, number> = {}
  /** How many rows of each entity got a link back. */
  readonly relinked: Record<string, number> = {}
  /** The rows as they were written, where the verb tells of them. */
  readonly written: RowData[] = []

  /** Work that may run again when it lost a race: what the lost attempt has counted does not count. */
  repeatable<T>(work: () => Promise<T>): () => Promise<T> {
    const along = { ...this.along }
    const relinked = { ...this.relinked }
    const { length } = this.written
    return () => {
      restore(this.along, along)
      restore(this.relinked, relinked)
      this.written.length = length
      return work()
    }
  }
}

/** Adds counts to those there are. */
export function addUp(total: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [entity, count] of Object.entries(more)) total[entity] = (total[entity] ?? 0) + count
}

function restore(total: Record<string, number>, before: Readonly<Record<string, number>>): void {
  for (const entity of Object.keys(total)) delete total[entity]
  Object.assign(total, before)
}
