import { RecentPaths } from '../../../helpers/recent-paths.js'
import type { ModelDataSource } from '../../data-source.js'
import type { Shape } from '../../reads/slot.js'

/** The most of one kind that is kept of one data source. */
const mostKept = 500

/** What was compiled for a data source, by shapes; null where nothing that can be kept is made of a shape. */
export class ShapeStore<V extends object> {
  readonly #kept = new WeakMap<ModelDataSource, RecentPaths<V | null>>()

  /** What belongs to a shape; it is compiled where it is not known. */
  of(dataSource: ModelDataSource, { parts }: Shape, compile: () => V | undefined): V | undefined {
    let kept = this.#kept.get(dataSource)
    if (!kept) {
      kept = new RecentPaths(mostKept)
      this.#kept.set(dataSource, kept)
    }
    const known = kept.get(parts)
    if (known !== undefined) return known ?? undefined
    const made = compile()
    kept.set(parts, made ?? null)
    return made
  }
}
