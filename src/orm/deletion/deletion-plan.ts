import type { EntityMetadata } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { keepsRows } from '../writes/remove.js'
import { rowKeyText } from '../writes/stored-rows.js'
import { type Reference, referencesTo } from './references.js'
import { relatedCount, relatedRows, type Search, type Seen } from './related-rows.js'

/** Rows of one entity that become the same. */
export interface PlannedPart {
  readonly model: Model
  readonly metadata: EntityMetadata
  readonly rows: readonly RowData[]
}

/** Rows that are deleted because of others. */
export interface PlannedDeletion extends PlannedPart {
  /** How far they are from the rows that the caller deletes. */
  readonly level: number
  /** Whether they are removed from their table. */
  readonly removed: boolean
}

/** Rows whose key becomes null. */
export interface PlannedDetachment extends PlannedPart {
  readonly reference: Reference
  readonly seen: Seen
  /** Whether what they referred to can never come back. */
  readonly forGood: boolean
}

/** Rows that keep others from being deleted. */
export interface Restriction {
  readonly entity: string
  readonly count: number
  /** The primary keys of the first of them. */
  readonly sampleIds: readonly unknown[]
}

/** The rows a caller deletes. */
export interface Deletion {
  readonly model: Model
  readonly metadata: EntityMetadata
  readonly rows: readonly RowData[]
  /** Whether they, and all that come along, are removed whatever their delete rules say. */
  readonly hard: boolean
}

const samples = 5

/** What a deletion does to the rows that refer to the deleted ones, found out level by level before it is done. */
export class DeletionPlan {
  readonly deletions: PlannedDeletion[] = []
  readonly detachments: PlannedDetachment[] = []
  /** Links between rows that are all removed, which must go first. */
  readonly loosened: PlannedDetachment[] = []
  readonly restrictions: Restriction[] = []
  readonly #search: Search
  readonly #hard: boolean
  /** The level of each row that is deleted. */
  readonly #levels = new Map<string, number>()

  private constructor(search: Search, hard: boolean) {
    this.#search = search
    this.#hard = hard
  }

  static async of(search: Search, { hard, ...root }: Deletion): Promise<DeletionPlan> {
    const plan = new DeletionPlan(search, hard)
    const removed = hard || !keepsRows(root.model)
    let wave: readonly PlannedDeletion[] = [{ ...root, removed, level: 0 }]
    const passed: PlannedDeletion[] = []
    plan.#reach(root, 0)
    while (wave.length > 0) {
      passed.push(...wave)
      const next: PlannedDeletion[] = []
      for (const part of wave) next.push(...(await plan.#from(part)))
      wave = next
    }
    plan.#settle(passed.slice(1))
    // Rows that are deleted too refer to nothing any more, so this is known only at the end.
    for (const part of passed) await plan.#restrict(part)
    return plan
  }

  /** What the deletion of some rows does to those that refer to them; what is deleted too is given back. */
  async #from(part: PlannedDeletion): Promise<readonly PlannedDeletion[]> {
    const deleted: PlannedDeletion[] = []
    const seen = seenBelow(part)
    for (const reference of referencesTo(this.#search.dataSource, part.metadata)) {
      if (reference.policy === 'detach') await this.#detach(reference, part, seen)
      if (reference.policy === 'cascade') deleted.push(...(await this.#cascade(reference, part)))
    }
    return deleted
  }

  async #cascade(reference: Reference, part: PlannedDeletion): Promise<readonly PlannedDeletion[]> {
    const { model, metadata } = reference
    const removed = this.#hard || !keepsRows(model)
    // Rows that stay cannot refer to rows that are gone.
    if (part.removed && !removed) await this.#detach(reference, part, 'everything')
    const seen = removed ? seenBelow(part) : 'visible'
    const found = await relatedRows(this.#search, reference, part.rows, seen)
    const level = part.level + 1
    const known = found.filter((row) => this.#levelOf(metadata, row) !== undefined)
    const fresh = found.filter((row) => this.#levelOf(metadata, row) === undefined)
    const later = removed && !reference.key.isNullable ? known.filter((row) => this.#isLater(metadata, row, level)) : []
    if (removed && reference.key.isNullable && known.length > 0) {
      this.loosened.push({ model, metadata, reference, rows: known, seen: 'everything', forGood: true })
    }
    const rows = [...fresh, ...later]
    this.#reach({ metadata, rows }, level)
    return rows.length > 0 ? [{ model, metadata, rows, removed, level }] : []
  }

  async #detach(reference: Reference, part: PlannedDeletion, seen: Seen): Promise<void> {
    const rows = await relatedRows(this.#search, reference, part.rows, seen)
    const { model, metadata } = reference
    const forGood = part.removed || !Object.values(part.model.verbs).some(({ undoes }) => undoes !== undefined)
    if (rows.length > 0) this.detachments.push({ model, metadata, reference, rows, seen, forGood })
  }

  async #restrict(part: PlannedDeletion): Promise<void> {
    for (const reference of referencesTo(this.#search.dataSource, part.metadata)) {
      if (reference.policy !== 'restrict') continue
      const restriction = await this.#restriction(reference, part)
      if (restriction.count > 0) this.restrictions.push(restriction)
    }
  }

  async #restriction(reference: Reference, part: PlannedDeletion): Promise<Restriction> {
    const { metadata, model } = reference
    const [key] = metadata.primaryColumns
    const ids = (rows: readonly RowData[]) => rows.map((row) => key?.getEntityValue(row) as unknown)
    const seen = seenBelow(part)
    const entity = model.name
    const isDeletedToo = [...this.#levels.keys()].some((text) => text.startsWith(`${metadata.tablePath} `))
    if (!isDeletedToo) {
      const { count, sample } = await relatedCount(this.#search, reference, part.rows, seen, samples)
      return { entity, count, sampleIds: ids(sample) }
    }
    const search = { ...this.#search, locked: false, current: this.#search.locked }
    const found = await relatedRows(search, reference, part.rows, seen)
    const others = found.filter((row) => this.#levelOf(metadata, row) === undefined)
    return { entity, count: others.length, sampleIds: ids(others.slice(0, samples)) }
  }

  /** A row that was found on several levels belongs to the deepest; it is not detached if it is removed. */
  #settle(parts: readonly PlannedDeletion[]): void {
    for (const part of parts) {
      const rows = part.rows.filter((row) => this.#levelOf(part.metadata, row) === part.level)
      if (rows.length > 0) this.deletions.push({ ...part, rows })
    }
    const deleted = this.deletions.flatMap(({ removed, metadata, rows }) =>
      rows.map((row) => ({ removed, text: rowKeyText(metadata, row) })),
    )
    const hidden = new Set(deleted.map(({ text }) => text))
    const removed = new Set(deleted.filter((row) => row.removed).map(({ text }) => text))
    const seen = new Set<string>()
    for (const [index, part] of this.detachments.entries()) {
      // What is hidden keeps its links, unless they lead to what is removed.
      const out = part.seen === 'visible' ? hidden : removed
      const rows = part.rows.filter((row) => {
        const text = rowKeyText(part.metadata, row)
        const key = `${part.reference.property} ${text}`
        return !out.has(text) && !seen.has(key) && seen.add(key)
      })
      this.detachments[index] = { ...part, rows }
    }
  }

  /** Without nullable keys there are no circles, so that a row can be removed after all that refer to it. */
  #isLater(metadata: EntityMetadata, row: RowData, level: number): boolean {
    const known = this.#levelOf(metadata, row) ?? 0
    return known > 0 && known < level && level <= this.#levels.size
  }

  #reach({ metadata, rows }: Pick<PlannedPart, 'metadata' | 'rows'>, level: number): void {
    for (const row of rows) this.#levels.set(rowKeyText(metadata, row), level)
  }

  #levelOf(metadata: EntityMetadata, row: RowData): number | undefined {
    return this.#levels.get(rowKeyText(metadata, row))
  }
}

/** Rows that are hidden lose nothing when their parent is hidden too, but no row can refer to one that is gone. */
const seenBelow = ({ removed }: PlannedDeletion): Seen => (removed ? 'everything' : 'visible')
