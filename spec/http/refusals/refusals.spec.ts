import { createDataSource, LocalFileStorage, type ModelDataSource } from 'plinth'
import { type Directory, temporaryDirectory } from '../../files/support/directory.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { servings } from '../../support/http.js'
import { type Served, serve } from '../support/served.js'
import { expectRefusal, type RefusalTable } from './refusal.js'
import { causes } from './tables/causes.js'
import { conditions } from './tables/conditions.js'
import { fields } from './tables/fields.js'
import { files } from './tables/files.js'
import { keys } from './tables/keys.js'
import { lists } from './tables/lists.js'
import { requests } from './tables/requests.js'
import { rows } from './tables/rows.js'
import { traits } from './tables/traits.js'

const everything: readonly RefusalTable[] = [requests, lists, conditions, keys, fields, files, rows, traits, causes]

describeOnEngines('What is refused', (engine) => {
  for (const table of everything) {
    for (const serving of servings.filter(({ mounted }) => !mounted)) {
      describe(`${table.title}, by ${serving.name}`, () => {
        let database: Database
        let dataSource: ModelDataSource
        let directory: Directory
        let served: Served
        let stored: Readonly<Record<string, string | number>>

        before(async () => {
          const { entities, tables = [], viewSets } = table
          database = await engine.create()
          dataSource = createDataSource({ ...database.options, entities, tables, synchronize: true })
          await dataSource.initialize()
          directory = await temporaryDirectory()
          const storage = new LocalFileStorage({ directory: directory.path })
          served = await serve({ viewSets, dataSource, serving, files: storage })
          stored = await table.store(dataSource)
        })
        after(async () => {
          await served?.close()
          await dataSource?.destroy()
          await directory?.remove()
          await database?.drop()
        })

        for (const refusal of table.refusals) {
          it(`is told where ${refusal.when}`, () => expectRefusal(served, refusal, stored))
        }
      })
    }
  }
})
