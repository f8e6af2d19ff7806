import type { AnyClass } from '../metadata/fact-kind.js'
import type { TagMarks } from './tag-marks.js'
import { areRelated, tagsWritten } from './tags.js'

/** A write that is committed, as far as caches are concerned. */
interface Written {
  readonly entity: AnyClass
  readonly ids: readonly unknown[] | 'many'
  /** The entities of which the database itself changed rows along with it. */
  readonly also?: readonly AnyClass[]
}

/** A data source that a cache can follow. */
export interface FollowedSource {
  /** Whether the running code belongs to a unit of work. */
  readonly isInUnit: boolean
  readonly events: {
    /** @param missed is called when a unit is committed that may have written something before anybody listened. */
    onCommitted(listener: (write: Written) => Promise<void>, missed: () => Promise<void>): () => void
  }
  /** Runs `hook` once the running unit is committed. */
  afterCommit(hook: () => Promise<void>): void
}

/** The data sources whose writes make what is cached invalid. */
export class FollowedSources {
  readonly #marks: TagMarks
  readonly #sources = new Set<{ readonly source: FollowedSource }>()
  /** What is to be followed once there is something to make invalid. */
  readonly #waiting = new Set<() => void>()
  #begun: boolean

  /** @param begun whether there may be something to make invalid. */
  constructor(marks: TagMarks, begun: boolean) {
    this.#marks = marks
    this.#begun = begun
  }

  /** Whether the running code belongs to a unit of work, which sees what others must not. */
  get areInUnit(): boolean {
    for (const { source } of this.#sources) if (source.isInUnit) return true
    return false
  }

  /** Hears of writes from now on: as long as nothing is cached, they cost nothing more. */
  begin(): void {
    this.#begun = true
    if (this.#waiting.size === 0) return
    for (const begin of this.#waiting) begin()
    this.#waiting.clear()
  }

  /** Makes invalid what is made of a data source, until the function that is returned is called. */
  add(source: FollowedSource, entities: readonly AnyClass[]): () => void {
    const own = { source }
    let stop: (() => void) | undefined
    const begin = (): void => {
      stop = this.#follow(source, entities)
    }
    this.#sources.add(own)
    if (this.#begun) begin()
    else this.#waiting.add(begin)
    return () => {
      this.#sources.delete(own)
      this.#waiting.delete(begin)
      stop?.()
    }
  }

  /** Renews tags, and once more where they are written by a unit that is not committed yet. */
  renew(tags: readonly string[]): Promise<void> {
    for (const { source } of this.#sources) {
      if (source.isInUnit) source.afterCommit(() => this.#marks.renew(tags))
    }
    return this.#marks.renew(tags)
  }

  #follow({ events }: FollowedSource, entities: readonly AnyClass[]): () => void {
    const familyOf = (entity: AnyClass): readonly AnyClass[] => [
      ...new Set([entity, ...entities.filter((other) => areRelated(entity, other))]),
    ]
    const tagsOf = (entity: AnyClass, ids: readonly unknown[] | 'many'): readonly string[] =>
      familyOf(entity).flatMap((one) => tagsWritten(one, ids))
    return events.onCommitted(
      ({ entity, ids, also = [] }) =>
        this.#marks.renew([...tagsOf(entity, ids), ...also.flatMap((one) => tagsOf(one, 'many'))]),
      () => this.#marks.renew(entities.flatMap((entity) => tagsWritten(entity, 'many'))),
    )
  }
}
