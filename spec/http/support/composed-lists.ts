import { createDataSource, Mistakes, silentLogger } from 'plinth'
import { Container } from 'plinth/container'
import { compileListOf } from '../../../src/http/lists/compile-list.js'
import { compileSerializer } from '../../../src/serializer/compile-serializer.js'
import { State, Tongue, Town, TownViewSet } from './gazetteer.js'

/** The lists of towns, as an application compiles them; nothing is connected to. */
export function composedLists() {
  const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Town, State, Tongue] })
  const model = TownViewSet.model!
  const description = dataSource.describe(Town)
  const mistakes = new Mistakes()
  const serializer = compileSerializer(model.serializer, description, mistakes)
  const host = {
    instances: new Container(),
    logger: silentLogger,
    dataSource,
    limits: { body: 0, depth: 0, target: 0 },
  } as never
  const list = compileListOf(
    model,
    { dataSource, description, serializer, subject: 'TownViewSet', place: 'here', host },
    mistakes,
  )
  mistakes.throwIfAny()
  return list
}
