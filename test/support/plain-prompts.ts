// The questions of @inquirer/prompts take their colours from the process, once, when they are loaded.
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = '1';
