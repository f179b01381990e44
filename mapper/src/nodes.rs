//! Interim by the lead: helper "places" overwrites this file whole.
