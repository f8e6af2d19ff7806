import { createDataSource, ViewSet } from 'plinth'
import { createApp, token } from 'plinth/container'

class Thing {}
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
