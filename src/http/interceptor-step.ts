import { interceptorOf } from './class-middleware.js'
import type { InterceptorEntry } from './emission/native-facts.js'
import type { Instances } from './instances.js'
import type { PlacedStep } from './step.js'

type Intercept = (action: object, content: unknown) => unknown

/**
 * Lets interceptors of routing-controllers see and replace what an action returned. They run behind it in its unit of
 * work, so that one that throws undoes what the action wrote.
 */
export function interceptorStep(entries: readonly InterceptorEntry[], instances: Instances): PlacedStep {
  const interceptors = entries.map((entry) => interceptorOf(entry, instances) as unknown as Intercept)
  return {
    after: 'act',
    step: {
      name: 'interceptors',
      for: () => async (exchange) => {
        const { request, response } = exchange
        for (const intercept of interceptors) {
          exchange.outcome = await intercept({ request, response, context: exchange }, exchange.outcome)
        }
      },
    },
  }
}
