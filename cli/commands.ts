import type { Command } from './command.js'
import { doctorCommand } from './doctor/doctor-command.js'
import { openApiCommand } from './openapi/openapi-command.js'

/** Every command there is. */
export const commands: readonly Command[] = [doctorCommand, openApiCommand]
