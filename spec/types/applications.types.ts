import type { IncomingMessage, ServerResponse } from 'node:http'
import express from 'express'
import { createHttpApplication, Express5Driver, type HttpApplicationOptions, NodeDriver, ViewSet } from 'plinth'

declare const rest: Omit<HttpApplicationOptions, 'viewSets'>

abstract class Abstract extends ViewSet {}
class Concrete extends ViewSet {}

export const application = createHttpApplication({ ...rest, viewSets: [Concrete], driver: new NodeDriver() })
export const onExpress = createHttpApplication({
  ...rest,
  viewSets: [Concrete],
  driver: new Express5Driver(express()),
})
export const around = express().use('/api', application.handler)

// @ts-expect-error: an abstract class cannot be served
createHttpApplication({ ...rest, viewSets: [Abstract] })
// @ts-expect-error: an instance is no class
createHttpApplication({ ...rest, viewSets: [new Concrete()] })
// @ts-expect-error: a prefix begins with a slash
createHttpApplication({ ...rest, viewSets: [], prefix: 'api' })
// @ts-expect-error: there is no such option
createHttpApplication({ ...rest, viewSets: [], prefixes: ['/api'] })
// @ts-expect-error: there is no such limit
createHttpApplication({ ...rest, viewSets: [], limits: { bodies: 5 } })
// @ts-expect-error: an Express application is no driver
createHttpApplication({ ...rest, viewSets: [], driver: express() })
// @ts-expect-error: the routes of an application do not change
application.routes.push()

export const listener: (request: IncomingMessage, response: ServerResponse) => void = application.handler
