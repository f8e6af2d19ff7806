import type { Logger } from '../../logging/logger.js'
import type { ActionModel } from '../action-model.js'

/** Says why answers of an action are not kept, each reason once. */
export class Complaints {
  readonly #action: Pick<ActionModel, 'viewSet' | 'name'>
  readonly #logger: Logger
  readonly #made = new Set<string>()

  constructor(action: Pick<ActionModel, 'viewSet' | 'name'>, logger: Logger) {
    this.#action = action
    this.#logger = logger
  }

  add(problem: string): void {
    if (this.#made.has(problem)) return
    this.#made.add(problem)
    const { viewSet, name } = this.#action
    this.#logger.warn(`Answers of ${viewSet.name}.${name} are not cached: ${problem}.`)
  }
}
