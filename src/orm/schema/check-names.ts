import type { Mistakes } from '../../errors/definition-error.js'
import { labelOf } from '../../model/applied-traits.js'
import type { Model } from '../../model/model.js'
import { isReserved } from '../model-repository.js'

/** Adds the views and verbs that would take the place of a method that repositories need. */
export function checkNames(model: Model, mistakes: Mistakes): void {
  for (const [kind, methods] of [
    ['view', model.views],
    ['verb', model.verbs],
  ] as const) {
    for (const [name, { contributor }] of Object.entries(methods)) {
      if (!isReserved(name)) continue
      mistakes.add({
        code: 'E_NAME_RESERVED',
        subject: model.name,
        problem: `the ${kind} "${name}" has the name of a method that every repository has.`,
        places: [labelOf(contributor)],
        remedy: 'Give it another name.',
      })
    }
  }
}
