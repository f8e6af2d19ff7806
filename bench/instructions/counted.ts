import 'reflect-metadata'
import { checked, contextOf } from '../contenders/check.js'
import { contenders } from '../contenders/contender.js'
import type { Scenario } from '../contenders/scenarios.js'
import { Contained, wired } from './contained.js'

/** What is counted: some requests of a scenario, of which some more are `prepared` than are `sent`. */
export interface Counted {
  readonly contender: string
  readonly scenario: Scenario
  readonly prepared: number
  readonly sent: number
}

/** The program whose instructions are counted: it sends requests to a contender in its own process, and ends. */
const { contender: name, scenario, prepared, sent } = JSON.parse(process.argv[2]!) as Counted
const contained = await Contained.run(contenders.find((contender) => contender.name === name)!)
const context = await contextOf(contained)
const ask = contained.contender.asks[scenario]!
// However many are sent, the same are made, so that what it takes to make them is not counted.
const requests = Array.from({ length: prepared }, (_, index) => wired(ask(checked + index, context)))
for (const request of requests.slice(0, sent)) {
  const status = await contained.ask(request)
  if (status >= 300) throw new Error(`${name} answers "${scenario}" with ${status}.`)
}
process.exit()
