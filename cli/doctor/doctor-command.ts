import { doctor, type Finding, type ModelDataSource, SchemaError } from 'plinth'
import { type Command, CommandError, type Outcome } from '../command.js'
import { loadDataSource } from '../load-data-source.js'
import { asCommandError, nameIn } from '../load-module.js'
import { type Diagnosis, jsonOf, textOf } from './diagnosis.js'

/** Compares a database with what the models need, and looks for stored rows that break what they promise. */
export const doctorCommand: Command = {
  name: 'doctor',
  usage: '<module>',
  summary: 'says what the database of an application lacks, and which stored rows break what its models promise',
  options: {
    export: { type: 'string', summary: 'the name of the export: default, dataSource or options unless told' },
  },
  async run(operands, options): Promise<Outcome> {
    const [path, ...others] = operands
    if (path === undefined || others.length > 0) {
      throw new CommandError('Name one module that exports a data source: plinth doctor ./dist/app.js')
    }
    const diagnosis = await diagnose(path, nameIn(options))
    const isWell = !diagnosis.schema && (diagnosis.findings ?? []).length === 0
    return { text: textOf(diagnosis), json: jsonOf(diagnosis), exitCode: isWell ? 0 : 1 }
  },
}

async function diagnose(path: string, name?: string): Promise<Diagnosis> {
  let dataSource: ModelDataSource | undefined
  try {
    dataSource = await loadDataSource(path, name)
    await connect(dataSource)
    const schema = await lackOf(dataSource)
    return { schema, findings: await look(dataSource) }
  } catch (error) {
    // The module has started by itself, and its start has found out what is asked here.
    if (error instanceof SchemaError) return { schema: error, findings: undefined }
    throw error
  } finally {
    if (dataSource?.isInitialized) await dataSource.destroy()
  }
}

/** Connects and changes nothing, whatever the application does at its start. */
async function connect(dataSource: ModelDataSource): Promise<void> {
  if (dataSource.isInitialized) return
  try {
    await dataSource.setOptions({ synchronize: false, migrationsRun: false, dropSchema: false }).initialize()
  } catch (error) {
    throw asCommandError(error, 'The data source could not be started')
  }
}

async function lackOf(dataSource: ModelDataSource): Promise<SchemaError | undefined> {
  try {
    await dataSource.proveSchema()
    return undefined
  } catch (error) {
    if (error instanceof SchemaError) return error
    throw asCommandError(error, 'The schema could not be read')
  }
}

async function look(dataSource: ModelDataSource): Promise<readonly Finding[]> {
  try {
    return await doctor(dataSource)
  } catch (error) {
    throw asCommandError(error, 'The rows could not be read')
  }
}
