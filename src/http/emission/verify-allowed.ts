import type { Mistakes } from '../../errors/definition-error.js'
import { actionFacts } from '../action-fact.js'
import type { Constructor } from '../action-model.js'
import { allowFacts } from '../allow-fact.js'
import type { NativeLevel } from './native-facts.js'
import { nameOf } from './verify-routes.js'

/**
 * Adds each `@Allow` above a method that neither its class nor an ancestor exposes: it says nothing there, and nothing in classes
 * below either, because the nearest declaration of a method counts as a whole.
 */
export function verifyAllowed(viewSet: Constructor, levels: readonly NativeLevel[], mistakes: Mistakes): void {
  const exposed = new Set<string>()
  for (const { target, actions } of levels) {
    for (const { method } of actions) exposed.add(method)
    for (const { name } of actionFacts.own(target)) exposed.add(name)
    for (const { name, place } of allowFacts.own(target)) {
      if (exposed.has(name)) continue
      mistakes.add({
        code: 'E_NATIVE',
        subject: nameOf({ viewSet, name }),
        problem: '@Allow stands above a method that no decorator exposes there, so that it says nothing.',
        places: [`@Allow at ${place}`],
        remedy:
          'Expose it in the same class by @Get, @Post or another decorator of routing-controllers, or take @Allow away.',
      })
    }
  }
}
