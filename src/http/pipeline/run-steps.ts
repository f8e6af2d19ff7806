import type { Exchange } from '../exchange.js'
import type { Run } from '../step.js'

/** Runs steps in order until one answers. No promise is made where no step makes one. */
export function runSteps(runs: readonly Run[], exchange: Exchange, from = 0): void | Promise<void> {
  for (let index = from; index < runs.length && !exchange.reply; index++) {
    const running = runs[index]!(exchange)
    if (running) return running.then(() => runSteps(runs, exchange, index + 1))
  }
}

/**
 * Makes one list of steps that run in order until one answers, and of those that make the answer where none did: one
 * that takes time costs a promise, and the seam between the lists none.
 */
export function untilAnswered(opening: readonly Run[], closing: readonly Run[]): Run {
  const runs = [...opening, ...closing]
  const proceed = (exchange: Exchange, from: number): void | Promise<void> => {
    for (let index = from; index < runs.length; index++) {
      if (exchange.reply && index <= opening.length) return
      const running = runs[index]!(exchange)
      if (running) return running.then(() => proceed(exchange, index + 1))
    }
  }
  return (exchange) => proceed(exchange, 0)
}

/** Runs steps in order, also those behind one that answers. */
export function runEach(runs: readonly Run[], exchange: Exchange, from = 0): void | Promise<void> {
  for (let index = from; index < runs.length; index++) {
    const running = runs[index]!(exchange)
    if (running) return running.then(() => runEach(runs, exchange, index + 1))
  }
}
