export { HomeAssistant, homeAssistantFilters } from "./home-assistant.js";
