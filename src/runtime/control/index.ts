export { askRunning } from "./ask-running.js";
export { COMMANDS, type CommandName } from "./commands.js";
export { type ControlMessage, ControlServer } from "./control-server.js";
export { answerMqtt, requestFilters } from "./mqtt-requests.js";
export { type Answer, PipelineControl } from "./pipeline-control.js";
