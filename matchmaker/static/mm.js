// Progressive enhancement only: every page works without this module.
document.querySelector("[data-focus]")?.focus();
