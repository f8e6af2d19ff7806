import { createDataSource, type HealthCheck, ViewSet } from 'plinth'
import { createApp, token } from 'plinth/container'

class Thing {}
class MailCheck implements HealthCheck {
  check(): void {}
}
class Things extends ViewSet<Thing> {}
const size = token<number>('size')
const memory = { type: 'sqlite', database: ':memory:' } as const

void createApp({
  entities: [Thing],
  viewSets: [Things],
  dataSource: memory,
  providers: [{ provide: size, useValue: 1 }],
})
void createApp({ dataSource: createDataSource({ ...memory, entities: [Thing] }) })

void createApp({
  dataSource: memory,
  health: {
    live: '/up',
    interval: 500,
    database: { timeout: 500, optional: true },
    cache: false,
    checks: {
      called: () => true,
      given: { check: async (signal) => signal.aborted, timeout: 5 },
      made: MailCheck,
    },
  },
  overload: { activeLimit: 200, delayLimit: 150, utilizationLimit: 0.98, waitLimit: 500, retryAfter: 2 },
  measurements: { eventLoop: true },
  drainDelay: 5000,
})

// @ts-expect-error: a path begins with a slash
void createApp({ dataSource: memory, health: { ready: 'readyz' } })
// @ts-expect-error: it checks nothing
void createApp({ dataSource: memory, health: { checks: { mail: { timeout: 5 } } } })
// @ts-expect-error: instances of the class check nothing
void createApp({ dataSource: memory, health: { checks: { mail: Thing } } })
// @ts-expect-error: there is no such option
void createApp({ dataSource: memory, health: { database: { timeouts: 5 } } })
// @ts-expect-error: there is no such limit
void createApp({ dataSource: memory, overload: { requestLimit: 200 } })
// @ts-expect-error: it is watched or not
void createApp({ dataSource: memory, measurements: { eventLoop: 10 } })
// @ts-expect-error: the value is not what its key promises
void createApp({ dataSource: memory, providers: [{ provide: size, useValue: 'large' }] })
// @ts-expect-error: an entity is no viewset
void createApp({ dataSource: memory, viewSets: [Thing] })
// @ts-expect-error: entities stand beside the data source, not in it
void createApp({ dataSource: { ...memory, entities: [Thing] } })
// @ts-expect-error: an application has a data source
void createApp({ entities: [Thing] })
// @ts-expect-error: there is no such option
void createApp({ dataSource: memory, viewsets: [Things] })
// @ts-expect-error: there is no such engine
void createApp({ dataSource: { type: 'oracle', database: '' } })
// @ts-expect-error: a prefix begins with a slash
void createApp({ dataSource: memory, prefix: 'api' })
