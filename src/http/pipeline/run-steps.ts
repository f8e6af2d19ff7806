import type { Exchange } from '../exchange.js'
import type { Run } from '../step.js'

/** Runs steps in order until one answers. No promise is made where no step makes one. */
export function runSteps(runs: readonly Run[], exchange: Exchange, from = 0): void | Promise<void> {
  for (let index = from; index < runs.length && !exchange.reply; index++) {
    const running = runs[index]!(exchange)
    if (running) return running.then(() => runSteps(runs, exchange, index + 1))
  }
}

/** Runs steps in order, also those behind one that answers. */
export function runEach(runs: readonly Run[], exchange: Exchange, from = 0): void | Promise<void> {
  for (let index = from; index < runs.length; index++) {
    const running = runs[index]!(exchange)
    if (running) return running.then(() => runEach(runs, exchange, index + 1))
  }
}
