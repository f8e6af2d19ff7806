import { createHash } from 'node:crypto'
import { type PathPart, RecentPaths } from '../../helpers/recent-paths.js'
import type { ModelDataSource } from '../data-source.js'
import type { ReadOptions } from '../data-source-options.js'
import type { ReadTemplate } from './read-template.js'

/** The most statements that are kept of one data source. Callers choose filters, so their number has no bound of its own. */
const mostKept = 500

/** The most statements that are ever prepared by name: a server keeps those of each connection until it is closed. */
const mostNamed = 200

/** The statements of one data source by their shapes; those that were not used for longest are forgotten. */
export class TemplateStore {
  readonly #mostNamed: number
  readonly #kept = new RecentPaths<ReadTemplate>(mostKept)
  readonly #names = new Set<string>()

  constructor({ options }: Pick<ModelDataSource, 'options'>) {
    this.#mostNamed = (options as ReadOptions).prepareReads === false ? 0 : mostNamed
  }

  get(shape: readonly PathPart[]): ReadTemplate | undefined {
    const template = this.#kept.get(shape)
    if (!template) return undefined
    // What is asked once may never be asked again.
    if (template.name === undefined && this.#names.size < this.#mostNamed) template.name = this.#nameFor(template)
    return template
  }

  set(shape: readonly PathPart[], template: ReadTemplate): void {
    this.#kept.set(shape, template)
  }

  /** The same text has the same name, also when it was forgotten meanwhile. */
  #nameFor({ sql }: ReadTemplate): string {
    const name = `plinth_${createHash('sha256').update(sql).digest('base64url').slice(0, 24)}`
    this.#names.add(name)
    return name
  }
}

const stores = new WeakMap<ModelDataSource, TemplateStore>()

/** The statements of a data source. */
export function templatesOf(dataSource: ModelDataSource): TemplateStore {
  const known = stores.get(dataSource)
  if (known) return known
  const made = new TemplateStore(dataSource)
  stores.set(dataSource, made)
  return made
}
