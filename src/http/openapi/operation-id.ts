import type { Mistakes } from '../../errors/definition-error.js'
import type { ActionModel } from '../action-model.js'
import { nameOf, placesOf } from '../emission/verify-routes.js'

/** The words of a path that stand before its first parameter, as names of operations begin. */
export function wordsOf(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && !segment.startsWith(':'))
  return segments.map((segment) => segment.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_|_$/g, '')).join('_') || 'root'
}

/** The name of an action as a title: `moveTo` as `Move To`. */
export function titleOf(name: string): string {
  const spaced = name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** Gives every operation a name of its own. */
export class OperationIds {
  readonly #taken = new Map<string, ActionModel>()
  readonly #mistakes: Mistakes

  constructor(mistakes: Mistakes) {
    this.#mistakes = mistakes
  }

  /** Takes a name for an action; that another has it already is a mistake. */
  take(id: string, action: ActionModel): string {
    const other = this.#taken.get(id)
    if (other) {
      this.#mistakes.add({
        code: 'E_OPERATION_ID',
        subject: nameOf(action),
        problem: `its operation in the OpenAPI document is "${id}", and so is that of ${nameOf(other)}.`,
        places: [...placesOf(other), ...placesOf(action)],
        remedy: 'Give one of the methods another name, or one of the viewsets another path.',
      })
    }
    this.#taken.set(id, action)
    return id
  }
}
